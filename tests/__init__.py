"""The tests. They mirror the apps; what they need of the machine is started by `parts`."""
