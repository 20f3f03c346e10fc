"""SQL: functions that take the open database and return core records or keys."""
