-- The fingerprint of a raw row `r`: a hash of its columns without the key. Other files include it as the variable `fingerprint`.
-- It hashes values and not their text, so no setting of a session changes it. Rows with different hashes are different.
-- A collation of the raw table has no effect, because with a nondeterministic collation, different texts have one hash.
hash_record_extended(ROW(:{r.fingerprinted COLLATION}), 0)
