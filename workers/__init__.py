"""The processes behind the line: jobs, schedule and the warm worker."""
