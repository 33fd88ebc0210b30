-- The fingerprint of a raw row `r`: a hash of its columns without the key. The variable `fingerprint` stands for it.
-- It hashes values, not their text, so that no setting of a session changes it. Rows with different hashes are different.
hash_record_extended(ROW(:{r.fingerprinted}), 0)
