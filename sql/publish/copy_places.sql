-- Sends the values that rows of the batch share, each distinct set once.
COPY etl_places (n, warnings, :{shared}) FROM STDIN (FORMAT binary)
