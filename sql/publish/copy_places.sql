-- Brings in what rows of the batch have in common, each set once.
COPY etl_places (n, location, location_pairs, location_codes, warnings)
FROM STDIN (FORMAT binary)
