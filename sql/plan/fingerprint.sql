-- The fingerprint of a raw row `r`: a hash of its columns without the key. Other files include it as the variable `fingerprint`.
-- It hashes values and not their text, so no setting of a session changes it. Rows with different hashes are different.
hash_record_extended(ROW(:{r.fingerprinted}), 0)
