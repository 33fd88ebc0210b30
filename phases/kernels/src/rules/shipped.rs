//! The tables that are compiled in: `tables/*.txt`.

use crate::tables::rule_tables;

rule_tables! {
    TITLE_TAILS, "title_tails": "phrases that begin the part of a title that advertises: xe đưa đón";
    TITLE_LEADS, "title_leads": "phrases that a title may begin with before it names the job: tuyển | not before: sinh";
    TITLE_WORDS, "title_words": "word lists that the code uses: [unit], then words";
    PLACES, "places": "places that are neither a province nor a district: Mỹ Đình, Phố Nối";
    PLACE_WORDS, "place_words": "words before a place's name: phường <n> *";
    DISTRICTS, "districts": "districts, one province per line: Hà Nội: Ba Đình, Cầu Giấy";
    PROVINCES, "provinces": "provinces and their spellings: VN-SG 79 | Hồ Chí Minh | HCM | Sài Gòn";
    DISTRICT_NAMES, "district_names": "more districts and spellings for locations: Long An | Thủ Thừa | Thu Thua";
    LOCATION_WORDS, "location_words": "word lists for locations: [button], then phrases: Thu gọn, Xem thêm";
    LEGAL_FORMS, "legal_forms": "legal forms of companies: Công ty Cổ phần | - | ctcp | cty cp";
    ACRONYMS, "acronyms": "words of company names that are written in capitals: fpt xnk";
    BRANDS, "brands": "words of company names that keep the spelling of their owners: TopCV AEON";
    RECRUITING, "recruiting": "words that are dropped from either end of a company name: tuyển dụng";
    BADGES, "badges": "badges of boards that are dropped from the end of a company name: pro company";
    COMPANY_KEY, "company_key": "words that company_key reads: country | việt nam | vietnam";
}
