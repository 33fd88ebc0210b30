"""Copies tables of a catalog to Parquet files: `export.py SCHEMA FOLDER TABLE…`."""

import sys

from pyspark.sql import SparkSession

schema, folder, *tables = sys.argv[1:]
spark = SparkSession.builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
# The default type of Spark has no time zone for other readers.
spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
for table in tables:
    spark.table(f"{schema}.{table}").write.mode("overwrite").parquet(f"{folder}/{table}")
