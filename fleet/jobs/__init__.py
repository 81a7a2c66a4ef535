"""Runs jobs: claims rows of the table under leases, searches in children, carried by Dask."""
