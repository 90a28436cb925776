# @title colab_title
def _prepare_colab(lab):
    import os
    import sys
    import zipfile
    from pathlib import Path

    if "google.colab" not in sys.modules:
        return
    from google.colab import drive, files

    def places():
        for depth in ("*", "*/*", "*/*/*", "*/*/*/*"):  # the nearest ones count
            named = [path.parent for path in sorted(mounted.glob(f"{depth}/{described}"))]
            found = [
                folder.relative_to(mounted)
                for folder in named
                if not any(part.startswith(".") for part in folder.relative_to(mounted).parts)
                if f'"assignment": "{lab}"' in (folder / described).read_text("utf-8")
            ]
            if found:
                return found
        return []

    described, said = "LAB_FILE", {}
    mounted = Path("/content/drive")
    drive.mount(str(mounted))
    found = places()
    if len(found) > 1:
        names = ", ".join(map(str, found))
        raise RuntimeError(said["colab_several"].format(lab=lab, names=names))
    if not found:
        print(said["colab_upload"].format(lab=lab))
        for name in filter(zipfile.is_zipfile, files.upload()):
            with zipfile.ZipFile(name) as archive:
                for member in archive.namelist():
                    if not (mounted / "MyDrive" / member).exists():  # never over their work
                        archive.extract(member, mounted / "MyDrive")
        if not (found := places()):
            raise RuntimeError(said["colab_not_received"].format(lab=lab))
        raise RuntimeError(said["colab_is_there"].format(folder=found[0]))
    os.chdir(mounted / found[0])
    sys.path.insert(0, os.getcwd())
    print(said["colab_ready"].format(folder=found[0]))


_prepare_colab("ASSIGNMENT")
del _prepare_colab
