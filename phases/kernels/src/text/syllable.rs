//! Tells a syllable of Vietnamese from another word, by its letters without accents.

/// The consonants with which a syllable begins, longer ones first.
const ONSETS: [&str; 27] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "g", "h",
    "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
];

/// The rhymes of Vietnamese without accents, sorted.
const RHYMES: [&str; 109] = [
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", "e", "ec",
    "ech", "em", "en", "eng", "enh", "eo", "ep", "et", "eu", "i", "ia", "ich", "iec", "iem", "ien",
    "ieng", "iep", "iet", "ieu", "im", "in", "inh", "ip", "it", "iu", "o", "oa", "oac", "oach",
    "oai", "oam", "oan", "oang", "oanh", "oao", "oap", "oat", "oay", "oc", "oe", "oen", "oeo",
    "oet", "oi", "om", "on", "ong", "ooc", "oong", "op", "ot", "u", "ua", "uac", "uai", "uan",
    "uang", "uat", "uay", "uc", "ue", "uech", "uenh", "ui", "um", "un", "ung", "uo", "uoc", "uoi",
    "uom", "uon", "uong", "uop", "uot", "uou", "up", "ut", "uu", "uy", "uya", "uych", "uyen",
    "uyet", "uynh", "uyt", "uyu", "y", "yec", "yem", "yen", "yeng", "yet", "yeu",
];

/// Whether a word in lower case and without accents could be a syllable of Vietnamese.
pub(crate) fn is_syllable(word: &str) -> bool {
    word.len() <= 7
        && ONSETS.iter().any(|onset| {
            word.strip_prefix(onset)
                .is_some_and(|rhyme| RHYMES.contains(&rhyme))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_told_from_other_words() {
        for word in [
            "nguyen", "quoc", "gia", "an", "thuong", "hoa", "y", "nghiep", "khuyen",
        ] {
            assert!(is_syllable(word), "{word}");
        }
        for word in [
            "", "golden", "solution", "pnj", "vinasoy", "bank", "gate", "sotrans", "group",
        ] {
            assert!(!is_syllable(word), "{word}");
        }
    }
}
