"""The four functions of the Python pipeline that data_processing replaces. Their source is lost. They are written again from
the patterns and tables in `phases/kernels/src/v1`, and from the results that the old pipeline left.

    old_functions.py --check GOLDEN...   compares the results with GOLDEN, in which each line is {"fn": …, "in": …, "out": …}
    old_functions.py --measure CSV N     N passes over the postings of a CSV file: prints the number of postings, and the seconds
                                         of the fastest pass

Patterns are compiled once, which favours Python. The time to start, import and read the file does not count.
"""

import csv
import json
import re
import sys
import time
import warnings

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

# Many locations are not markup, and look like the name of a file.
warnings.filterwarnings("ignore", category=MarkupResemblesLocatorWarning)

TITLE = re.compile(r"([\w\s./-]+(?:\s*(?:\/|-)\s*[\w\s./-]*)*)")
FOREIGN = re.compile(r"[^\w\s()\[\]\-/.,&+#]")
SPACES = re.compile(r"\s+")
RECRUITING = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in [r"tuyển\s+dụng", r"cần\s+tuyển", r"đang\s+tuyển", r"hot", r"gấp", r"\bhr\b"]
]
PARTS = re.compile(r"(\s*[-/]\s*)")
CAPITALS = {
    "PHP", "AWS", "SQL", "C#", "C++", ".NET", "HTML", "CSS", "JS", "UI", "UX", "AI", "ML", "API", "QA", "BA",
}  # fmt: skip


def clean_title(title):
    found = TITLE.search(title)
    if not found:
        return title.strip()
    return found.group(1).strip().split(" - ")[0].strip()


def clean_company_name(name):
    name = SPACES.sub(" ", FOREIGN.sub(" ", name)).strip()
    for pattern in RECRUITING:
        name = pattern.sub("", name)
    parts = PARTS.split(name)
    for at in range(0, len(parts), 2):
        words = []
        for index, word in enumerate(parts[at].split()):
            if word.upper() in CAPITALS:
                words.append(word.upper())
            else:
                words.append(word.capitalize() if index == 0 else word)
        parts[at] = " ".join(words)
    return SPACES.sub(" ", "".join(parts).strip()).strip()


def extract_location_info(html):
    text = BeautifulSoup(html, "html.parser").get_text(separator="\n")
    pairs = []
    for line in (line.strip() for line in text.split("\n")):
        if not line:
            continue
        if ":" in line:
            key, value = (side.strip() for side in line.split(":", 1))
            if key and value:
                pairs.append(f"{key}: {value}")
        else:
            pairs.append(line)
    return pairs


def refine_location(location, location_pairs):
    if not location or "&" not in location or not location_pairs:
        return location
    places = []
    for pair in location_pairs:
        place = pair.split(":")[0].strip()
        if place and place not in places:
            places.append(place)
    return ", ".join(places)


def check(files):
    wrong = seen = 0
    for file in files:
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                case = json.loads(line)
                function = globals()[case["fn"]]
                given = case["in"]
                made = function(**given) if isinstance(given, dict) else function(given)
                seen += 1
                if made != case["out"]:
                    wrong += 1
                    print(f"{case['fn']}({given!r}) returns {made!r}, and the old pipeline returned {case['out']!r}", file=sys.stderr)
    print(f"{seen} results, {wrong} wrong")
    return wrong


def measure(file, passes):
    with open(file, encoding="utf-8", newline="") as rows:
        postings = [
            (row["title"] or None, row["company_name"] or None, row["location"] or None, row["location_detail"] or None)
            for row in csv.DictReader(rows)
        ]
    fastest = float("inf")
    for _ in range(passes):
        start = time.perf_counter()
        for title, company, location, detail in postings:
            clean_title(title or "")
            clean_company_name(company or "")
            refine_location(location or "", extract_location_info(detail) if detail else [])
        fastest = min(fastest, time.perf_counter() - start)
    print(len(postings), fastest)


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--check":
        sys.exit(1 if check(sys.argv[2:]) else 0)
    if len(sys.argv) == 4 and sys.argv[1] == "--measure":
        measure(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(__doc__)
