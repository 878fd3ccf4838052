/// Jobs that outlive the terminal they were started from.
enum Jobs {}
