"""Photos: a folder checked by the rules, copies without a position, the picture untouched."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from visitkit import text
from visitkit.errors import StoreError
from visitkit.load import School
from visitkit.policy import Policy, read_policy
from visitkit.record.forms import fill
from visitkit.record.photo_bytes import clean_photo, look
from visitkit.record.photos import check_photos, clean_copies, photo_payload

SECRET = b"31.2304"
OWNER = "Made-up Owner"
CAMPAIGN = read_policy("junior-school-campaign")


def jpeg(size: tuple[int, int] = (64, 48), *, turned: int = 1, shade: int = 90) -> bytes:
    """Return a photo as a telephone makes it: position, owner, thumbnail, XMP, more behind."""
    picture = Image.effect_noise(size, shade).convert("RGB")
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = turned, OWNER
    exif[0x8825] = {1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 0.0)}
    stream = io.BytesIO()
    xmp = b'<x:xmpmeta exif:GPSLatitude="' + SECRET + b'"/>'
    picture.save(stream, "JPEG", exif=exif, xmp=xmp, comment=OWNER, quality=90, progressive=True)
    film = b"ftypmp42" + SECRET
    return stream.getvalue() + film


def png(size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a picture with texts in it."""
    told = PngInfo()
    told.add_text("Author", OWNER)
    told.add_itxt("XML:com.adobe.xmp", f"GPSLatitude {SECRET.decode()}")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (31.0, 13.0, 49.0)}
    stream = io.BytesIO()
    Image.effect_noise(size, 50).save(stream, "PNG", pnginfo=told, exif=exif)
    return stream.getvalue() + b"behind" + SECRET


@pytest.mark.parametrize("photo", [jpeg(), png()], ids=["jpeg", "png"])
def test_the_position_is_gone_and_the_picture_is_the_same(photo: bytes) -> None:
    """Every point of the picture is what it was; nothing beside it is left."""
    assert look(photo).position
    clean = clean_photo(photo)
    assert not look(clean).position
    assert SECRET not in clean
    assert OWNER.encode() not in clean
    opened = Image.open(io.BytesIO(clean))
    assert not opened.getexif().get_ifd(0x8825)
    assert opened.tobytes() == Image.open(io.BytesIO(photo)).tobytes()
    assert clean_photo(clean) == clean


@pytest.mark.parametrize("turned", range(1, 9))
def test_which_side_is_up_is_kept(turned: int) -> None:
    """Orientation alone stays in the new block, and tells what is landscape."""
    photo = jpeg((64, 48), turned=turned)
    exif = Image.open(io.BytesIO(clean_photo(photo))).getexif()
    assert exif.get(0x0112, 1) == turned
    assert set(exif) <= {0x0112}
    assert look(photo).landscape == (turned < 5)
    assert look(photo) == look(photo + b"more")


def test_colours_are_kept() -> None:
    """Profile and the mark of how colours are packed are part of the picture."""
    stream = io.BytesIO()
    profile = b"made-up profile" * 10
    Image.new("CMYK", (8, 8), (9, 80, 70, 6)).save(stream, "JPEG", icc_profile=profile)
    opened = Image.open(io.BytesIO(clean_photo(stream.getvalue())))
    assert opened.info["icc_profile"] == profile
    assert opened.info["adobe"] == 100
    assert opened.tobytes() == Image.open(io.BytesIO(stream.getvalue())).tobytes()


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_broken_photo_is_a_sentence(data: st.DataObject) -> None:
    """Cut or changed anywhere: a photo or a sentence, never a traceback."""
    whole = data.draw(st.sampled_from([WHOLE_JPEG, WHOLE_PNG]))
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    at = data.draw(st.integers(0, max(len(cut) - 1, 0)))
    bad = cut[:at] + bytes([data.draw(st.integers(0, 255))]) + cut[at + 1 :]
    for read in (clean_photo, look):
        with contextlib.suppress(StoreError):
            assert read(bad)


WHOLE_JPEG, WHOLE_PNG = jpeg((16, 8)), png((16, 8))


@pytest.fixture
def school() -> School:
    """Return two classes, one with two students of one name."""
    return School.from_frames(
        students=pd.DataFrame(
            {
                "student_id": ["0412", "0413", "0414", "0415"],
                "name": ["Lu Xiaohe", "Gan Xiaochuan", "Gan Xiaochuan", "Cheng Xiaoyu"],
                "class_id": ["7-1", "7-1", "7-1", "7-11"],
            }
        ),
        teachers=pd.DataFrame({"teacher_id": ["T1", "T2"], "name": ["Ms Lu", "Mr Gan"]}),
    )


def put(folder: Path, files: dict[str, bytes]) -> Path:
    """Write photos and return their folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_folder_that_keeps_the_rules(tmp_path: Path, school: School) -> None:
    """Numbers or names, several photos of one visit, classes whose names begin alike."""
    names = ["7-1_0412", "7-1_0412_2", "7-1 Lu Xiaohe (3)", "7-11_0415", "7-11-Cheng Xiaoyu"]
    photos = {f"T1/{name}.jpg": jpeg() for name in names}
    put(tmp_path, {**photos, "T1/.DS_Store": b"x", "T1/Thumbs.db": b"x"})
    check = check_photos(tmp_path, CAMPAIGN, school)
    assert check.faults == ()
    assert {(one.class_id, one.student_id) for one in check.photos} == {
        ("7-1", "0412"),
        ("7-11", "0415"),
    }
    assert check.asked == {"T1": 5}


def test_every_fault_has_its_place(tmp_path: Path, school: School) -> None:
    """One photo for each rule that can be broken."""
    same = jpeg()
    put(
        tmp_path,
        {
            "stray.jpg": jpeg(),
            "T1/7-1_0412.jpg": same,
            "T1/7-1_0413.jpg": same,
            "T1/7-1_0415.jpg": jpeg(),
            "T1/7-1_Gan Xiaochuan.jpg": jpeg(),
            "T1/7-9_0412.jpg": jpeg(),
            "T1/IMG20261106.jpg": jpeg(),
            "T1/7-1_0412_2.jpg": jpeg((48, 64)),
            "T1/7-1_0412_3.jpg": jpeg((64, 48), turned=6),
            "T1/7-1_0412_4.jpg": b"\xff\xd8\xff\xe0 broken",
            "T1/film.mp4": b"film",
            "Ms Wang/7-1_0412.png": png(),
        },
    )
    check = check_photos(tmp_path, CAMPAIGN, school)
    found = {(one.teacher, one.file): one.key for one in check.faults}
    assert found == {
        ("", "stray.jpg"): "stray",
        ("T1", "7-1_0413.jpg"): "twice",
        ("T1", "7-1_0415.jpg"): "other_class",
        # two students of one name: the number tells them apart, a guess would not
        ("T1", "7-1_Gan Xiaochuan.jpg"): "unknown_student",
        ("T1", "7-9_0412.jpg"): "unknown_class",
        ("T1", "IMG20261106.jpg"): "name",
        ("T1", "7-1_0412_2.jpg"): "portrait",
        ("T1", "7-1_0412_3.jpg"): "portrait",
        ("T1", "7-1_0412_4.jpg"): "unreadable",
        ("T1", "film.mp4"): "not_a_photo",
        ("Ms Wang", ""): "too_few",
    }
    assert [one.key for one in check.faults if one.teacher == "Ms Wang"] == ["teacher", "too_few"]
    for lang in text.LANGUAGES:
        table = check.table(lang)
        assert list(table.columns) == ["teacher", "file", "key", "fault"]
        assert len(table) == len(check.faults)
        assert not table["fault"].str.contains("{", regex=False).any()
    assert "Gan" not in repr(check.photos)


def test_the_policy_says_what_is_asked(tmp_path: Path, school: School) -> None:
    """No rule, no fault; photos for each visit are counted by visits."""
    put(tmp_path, {"T1/anything.jpg": jpeg((48, 64))})
    assert check_photos(tmp_path, read_policy("recommended"), school).faults == ()
    rules = read_policy("junior-school-visits")
    assert (rules["evidence.photos"], rules["evidence.photos_per"]) == (1, "visit")
    check = check_photos(tmp_path, rules, school, {"T1": 2, "T2": 1})
    few = [(one.teacher, dict(one.facts)) for one in check.faults if one.key == "too_few"]
    assert few == [("T1", {"found": 1, "asked": 2}), ("T2", {"found": 0, "asked": 1})]


def test_the_check_fills_its_form(tmp_path: Path, school: School) -> None:
    """What was found by the program stands on the form; who is on the picture a person adds."""
    put(tmp_path, {"T1/7-1_0412.jpg": jpeg(), "T1/7-1_0413.jpg": clean_photo(jpeg((48, 64)))})
    check = check_photos(tmp_path, CAMPAIGN, school)
    values = fill("photo_folder_check", check.form_values("T1")).content
    assert (values["photos"], values["photos_owed"]) == (2, 5)
    rows = values["photos_seen"]
    assert isinstance(rows, tuple)
    assert [row["landscape"] for row in rows] == [True, False]
    assert [row["position_removed"] for row in rows] == [False, True]
    assert "remark" not in rows[0]
    assert "together" not in rows[0]


def test_clean_copies_are_whole_or_not_there(tmp_path: Path) -> None:
    """All are written, or, with one that cannot be, none; nothing is written over."""
    home = put(tmp_path / "in", {"T1/a.jpg": jpeg(), "T2/b.png": png(), "T2/note.txt": b"x"})
    made = clean_copies(home, tmp_path / "out")
    assert sorted(path.name for path in made) == ["a.jpg", "b.png"]
    assert not any(SECRET in path.read_bytes() for path in made)
    assert SECRET in (home / "T1/a.jpg").read_bytes()
    with pytest.raises(StoreError, match="out"):
        clean_copies(home, tmp_path / "out")
    (home / "T1/c.jpg").write_bytes(b"no photo")
    with pytest.raises(StoreError):
        clean_copies(home, tmp_path / "more")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in", "out"]


def test_the_payload_for_the_store_is_clean(tmp_path: Path) -> None:
    """What the store keeps holds no position; an error tells no name of a file."""
    path = put(tmp_path, {"Lu Xiaohe.jpg": jpeg()}) / "Lu Xiaohe.jpg"
    assert photo_payload(path) == clean_photo(path.read_bytes())
    assert SECRET not in photo_payload(path)
    with pytest.raises(StoreError) as caught:
        photo_payload(tmp_path / "Gan Xiaochuan.jpg")
    assert "Gan" not in str(caught.value)


def test_policies_in_use_are_read() -> None:
    """The keys the check reads exist in every policy."""
    assert isinstance(CAMPAIGN, Policy)
    assert CAMPAIGN["evidence.photos"] == 5
