"""Measures: the one visibility rule at a million rows, and what each page costs. `make bench`, or
`python -m benchmarks --help`."""
