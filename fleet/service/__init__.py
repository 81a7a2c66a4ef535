"""Use cases: plain functions over store, pipeline and maps, which the API and the commands call."""
