"""Masters as nbgrader's generate_assignment takes them in."""

from pathlib import Path

from nbconvert.exporters import NotebookExporter

from grading.masters.reading import read_master


class MasterExporter(NotebookExporter):
    """nbconvert's notebook exporter in the place where nbgrader's generate_assignment reads
    masters: it reads them as the kit does."""

    def from_filename(self, filename, resources=None, **kwargs):
        path = Path(filename)
        resources = dict(resources or {}, metadata={"name": path.stem, "path": str(path.parent)})
        notebook = read_master(path, self.config)
        return self.from_notebook_node(notebook, resources=resources, **kwargs)
