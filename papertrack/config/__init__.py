"""The config file: TOML to frozen records, or the line and the key that are wrong."""

from papertrack.config.read import ConfigMistake, read_config
from papertrack.config.schema import (
    TEMPLATES,
    AddConfig,
    AreaConfig,
    ArxivConfig,
    ArxivQuerySource,
    ArxivSource,
    Config,
    DigestConfig,
    FeedSource,
    FetchConfig,
    FollowConfig,
    KeysConfig,
    RankConfig,
    RateConfig,
    SourceConfig,
)

__all__ = [
    "TEMPLATES",
    "AddConfig",
    "AreaConfig",
    "ArxivConfig",
    "ArxivQuerySource",
    "ArxivSource",
    "Config",
    "ConfigMistake",
    "DigestConfig",
    "FeedSource",
    "FetchConfig",
    "FollowConfig",
    "KeysConfig",
    "RankConfig",
    "RateConfig",
    "SourceConfig",
    "read_config",
]
