"""Expressions of Polars that imitate the functions of the old pipeline for title, company and place, as a team could write them today.

They do less than the functions: no entity of HTML is decoded, capitals stay, and places are not refined.
"""

import polars as pl


def expressions(frame: pl.DataFrame) -> pl.DataFrame:
    title = pl.col("title")
    frame = frame.with_columns(
        title_clean=pl.coalesce(
            title.str.extract(r"([\w\s./-]+(?:\s*(?:/|-)\s*[\w\s./-]*)*)", 1), title
        )
        .str.strip_chars()
        .str.replace(r"(?s) - .*$", "")
        .str.strip_chars(),
        company_name_standardized=pl.col("company_name")
        .fill_null("")
        .str.replace_all(r"[^\w\s()\[\]\-/.,&+#]", " ")
        .str.replace_all(r"(?i)tuyển\s+dụng|cần\s+tuyển|đang\s+tuyển|hot|gấp|\bhr\b", "")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars(),
        pairs=pl.col("location_detail")
        .fill_null("")
        .str.replace_all(r"<[^>]*>", "\n")
        .str.split("\n")
        .list.eval(pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != "")),
    )
    names = pl.col("pairs").list.eval(pl.element().str.split(":").list.first().str.strip_chars())
    is_several = pl.col("location").str.contains("&", literal=True) & (pl.col("pairs").list.len() > 0)
    return frame.with_columns(
        location=pl.when(is_several)
        .then(names.list.unique(maintain_order=True).list.join(", "))
        .otherwise("location")
        .str.slice(0, 200)
    )
