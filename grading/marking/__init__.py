"""A page in JupyterLab's own server on which one written question is marked at a time."""
