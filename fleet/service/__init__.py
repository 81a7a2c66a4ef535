"""Use cases: plain functions over the store, the pipeline and the maps, which the API and the commands call."""
