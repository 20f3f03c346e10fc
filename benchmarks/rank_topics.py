"""What an author of each benchmark list would write into the config.

Written from the names of the lists and of their sections alone, before anything was measured, and
not changed since: it stands in for a config, and is no part of the ranker.
"""

from __future__ import annotations

from papertrack.core.rank.prior import Interest

_WORDS = {
    "llmsafety/*": (
        "Safety of large language models",
        (
            "llm safety, safety, jailbreak*, red team*, alignment, guardrail*, hallucination*, "
            "harmful, bias, privacy, toxic*, adversarial attack*, prompt injection, trustworth*, "
            "misinformation, refusal, unlearning, backdoor*"
        ),
    ),
    "lmssp/*": (
        "Safety, security and privacy of large models",
        (
            "jailbreak*, safety alignment, prompt injection, backdoor*, poisoning, watermark*, "
            "unlearning, membership inference, privacy, adversarial example*, deepfake*, "
            "guardrail*, "
            "red team*, copyright, agent security, toxic*"
        ),
    ),
    "interp/*": (
        "Interpretability",
        (
            "mechanistic interpretab*, interpretab*, sparse autoencoder*, circuit*, "
            "activation patching, probing, superposition, feature attribution, steering vector*"
        ),
    ),
    "llmsafety/Truthfulness_Misinformation": (
        "Truthfulness and misinformation",
        (
            "hallucination*, truthful*, misinformation, factual*, fact check*, "
            "fake news, faithful*, "
            "honest*"
        ),
    ),
    "llmsafety/Defense_Mitigation": (
        "Defence and mitigation",
        (
            "defense*, defend*, guardrail*, safety alignment, mitigat*, safeguard*, "
            "refusal, robust*, "
            "moderation"
        ),
    ),
    "llmsafety/Jailbreaks_Attack": (
        "Jailbreaks and attacks",
        "jailbreak*, prompt injection, adversarial attack*, red team*, attack*, backdoor*, harmful",
    ),
    "llmsafety/Ehics_Bias_Fariness": (
        "Ethics, bias and fairness",
        "bias*, fairness, ethic*, stereotyp*, moral*, gender, discriminat*",
    ),
    "llmsafety/Datasets_Benchmark": (
        "Datasets and benchmarks of safety",
        "safety benchmark*, benchmark*, dataset*, safety evaluation, red team*, harmful",
    ),
    "llmsafety/Privacy": (
        "Privacy",
        (
            "privacy, private, membership inference, unlearning, data leakage, memorization, "
            "differential privacy, extraction attack*"
        ),
    ),
    "llmsafety/Security_Discussion": (
        "Security",
        "security, vulnerabilit*, attack surface, threat*, malicious, agent security, supply chain",
    ),
    "llmsafety/Toxicity": (
        "Toxicity",
        "toxic*, hate speech, offensive, detoxif*, abusive, harmful content",
    ),
    "llmsafety/Robustness": (
        "Robustness",
        "robust*, adversarial, perturbation*, out of distribution, distribution shift",
    ),
}


def interest(topic: str, slug: str = "it") -> Interest:
    """Describe a topic of the benchmark, such as ``llmsafety/Privacy``, as an area.

    A list that is not here is described by its own name.
    """
    name, words = _WORDS.get(topic, (topic.replace("/", " ").replace("_", " "), ""))
    return Interest(slug, name, keywords=tuple(filter(None, words.split(", "))))
