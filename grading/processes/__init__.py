"""The grader's processes and their folders: the pool, the fork servers, scratch folders."""
