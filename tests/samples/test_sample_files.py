"""What a sample writes, and that an error leaves nothing."""

from pathlib import Path

import pytest

from fleet.model import InputError, read_day
from fleet.samples import from_roads, make_day, sample_names, sample_roads, write_day, write_sample
from maps.roads import load_roads


@pytest.mark.parametrize("name", list(sample_names()))
def test_a_sample_writes_day_roads_and_readme(name: str, tmp_path: Path) -> None:
    files = write_sample(name, tmp_path / "new" / "folder")
    assert [path.name for path in files] == ["day.json", "oasis.roads", "README.txt"]
    assert read_day(files[0].read_bytes()) == make_day(name)
    assert load_roads(files[1]).sha256 == sample_roads(name).sha256
    text = files[2].read_text(encoding="utf-8")
    for line in (*make_day(name).about.real, *make_day(name).about.invented, sample_names()[name]):
        assert line in text
    assert text.index("What is real") < text.index("What is invented")
    assert sorted(path.name for path in files[0].parent.iterdir()) == sorted(path.name for path in files)


def test_writing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_sample("kuqa", tmp_path)]
    assert [path.read_bytes() for path in write_sample("kuqa", tmp_path)] == first


def test_an_unknown_sample_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        write_sample("july", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_error_in_writing_leaves_the_folder_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("fleet.samples.write.save_roads", broken)
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OSError, match="no space"):
        write_sample("kuqa", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_a_day_on_roads_of_ones_own_comes_without_roads(tmp_path: Path) -> None:
    day = from_roads(sample_roads("kuqa"), requests=10, tricycles=2, seed=1)
    files = write_day(day, tmp_path)
    assert [path.name for path in files] == ["day.json", "README.txt"]
    assert "oasis.roads" not in files[1].read_text(encoding="utf-8")
