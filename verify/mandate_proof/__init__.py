"""Checks a Mandate proof file. Shares no code, and no generated file, with the services that made it."""
