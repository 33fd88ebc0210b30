//! Titles of the specification, and results that the rules must never have.

use super::clean;

#[test]
fn examples_of_the_specification() {
    for (given, wanted) in [
        ("C# Developer", "C# Developer"),
        ("[Hà Nội] Kế Toán Trưởng", "Kế Toán Trưởng"),
        (
            "[Mỏ Bạch - Thái Nguyên] CV/CVCC Khách Hàng Cá Nhân",
            "CV/CVCC Khách Hàng Cá Nhân",
        ),
        (
            "Nhân Viên Hành Chính – Lễ Tân",
            "Nhân Viên Hành Chính - Lễ Tân",
        ),
        ("Tuyển Dụng - Đào Tạo", "Tuyển Dụng - Đào Tạo"),
        (
            "Chuyên Viên Khách Hàng - CN. Thái Nguyên (CNLT.679)",
            "Chuyên Viên Khách Hàng",
        ),
        (
            "Java + ReactJS Developer (Upto $2000)",
            "Java + ReactJS Developer",
        ),
        ("Lập Trình Viên C++ - Hybrid", "Lập Trình Viên C++"),
        ("Hồ Chí Minh/ Hà Nội - Kỹ Sư Cầu Nối", "Kỹ Sư Cầu Nối"),
        ("Nhân Viên Kho (SL 10, Nữ)", "Nhân Viên Kho"),
        (
            "Kỹ Sư Hiện Trường (CT Khách Sạn 22 Tầng) 2 Năm Kinh Nghiệm",
            "Kỹ Sư Hiện Trường (CT Khách Sạn 22 Tầng)",
        ),
        (
            "Chuyên Viên Pháp Chế(Lĩnh Vực Giáo Dục, Thu Nhập 20 Triệu)",
            "Chuyên Viên Pháp Chế (Lĩnh Vực Giáo Dục)",
        ),
        ("Kế Toán - Lươ...", "Kế Toán"),
        ("🔥 Lái Xe 🔥", "Lái Xe"),
        // Words that advertise elsewhere name the work here.
        ("Kỹ Sư Môi Trường", "Kỹ Sư Môi Trường"),
        ("Giám Sát Phỏng Vấn Viên", "Giám Sát Phỏng Vấn Viên"),
        (
            "Customer Experience Specialist",
            "Customer Experience Specialist",
        ),
        (
            "Giám Sát Tiền Lương Và Phúc Lợi",
            "Giám Sát Tiền Lương Và Phúc Lợi",
        ),
        ("Lập Trình Viên BE (.NET)", "Lập Trình Viên BE (.NET)"),
        ("Nữ Hộ Sinh", "Nữ Hộ Sinh"),
        ("Nữ Kế Toán Trưởng - Làm Tại Hà Nội", "Kế Toán Trưởng"),
        ("Giáo Viên Part Time Quay Video", "Giáo Viên Quay Video"),
        (
            "Quản Lý Văn Phòng, Nữ, Tiếng Anh Tốt",
            "Quản Lý Văn Phòng, Tiếng Anh Tốt",
        ),
        // A bracket in a bracket.
        ("Kỹ Sư (Cầu (Hà Nội) Gấp)", "Kỹ Sư (Cầu)"),
        ("Lễ Tân [HDB/ Hà Nội (PGD Hà Nội)]", "Lễ Tân [HDB]"),
        (
            "Coder (Java(Spring), (SQL) [Gấp])",
            "Coder (Java (Spring), (SQL))",
        ),
        ("Kế Toán, Nữ, Lương 10 Triệu", "Kế Toán"),
        ("Kế Toán, Nữ, Hà Nội", "Kế Toán"),
        ("Kế Toán Thái Bình Dương", "Kế Toán Thái Bình Dương"),
        (
            "Giao Dịch Viên Hà Nội, Bình Dương, Thái Bình, Phú Thọ - Thu Nhập 10-15triệu/ Tháng",
            "Giao Dịch Viên",
        ),
        (
            "Nhân Viên Sales (Lương 8-10tr + Phụ Cấp 50,000)",
            "Nhân Viên Sales",
        ),
        ("Kỹ Sư Kết Cấu 1-5 Năm Kinh Nghiệm", "Kỹ Sư Kết Cấu"),
        ("Quan Hệ Khách Hàng Ưu Tiên", "Quan Hệ Khách Hàng Ưu Tiên"),
        (
            "Nhân Viên QC (Nam, Đi Ca, Thực Phẩm)",
            "Nhân Viên QC (Thực Phẩm)",
        ),
    ] {
        assert_eq!(clean(given).text, wanted, "{given}");
    }
}

#[test]
fn signs_that_join_nothing_are_dropped() {
    for (given, wanted) in [
        ("Phúc & (Senior) Phú", "Phúc (Senior) Phú"),
        ("Kê Đơn ... / (RX) OTC", "Kê Đơn (RX) OTC"),
        ("Doanh; (Pre-Sales)", "Doanh (Pre-Sales)"),
        (", (Offline)", "(Offline)"),
        ("Kho -Sale", "Kho - Sale"),
        ("Kho (Sale )", "Kho (Sale)"),
        ("Kho (Sale., Online)", "Kho (Sale, Online)"),
        ("Kho (Sale) , Online", "Kho (Sale), Online"),
        ("Kho (Sale", "Kho (Sale)"),
    ] {
        assert_eq!(clean(given).text, wanted, "{given}");
    }
    for stays in [
        "Kho - Sale",
        "Kho (Sale) - Online (Bar, Spa - Gym)",
        "(Sale) Kho",
        "Part - Time",
        "Kho, Sale / Bar & Gym",
    ] {
        assert_eq!(clean(stays).text, stays);
    }
}

#[test]
fn a_title_longer_than_its_column_is_not_read() {
    for unit in ["(a, ", "a_", "Tuyển ", "part time a b "] {
        let title = unit.repeat(100_000 / unit.len());
        assert_eq!(clean(&title).text, title.trim());
    }
}

#[test]
fn a_code_of_the_posting_is_dropped_in_any_spelling() {
    for code in [
        "(2026TD450980)",
        "(Ho24.300)",
        "(OS-J3459)",
        "(25388)",
        "[C15]",
        "[1.2]",
        "- F01",
        "- 4Z035",
        "- Ta133",
        "- ID 4070",
        "- Mã: KD01",
        "(Ref: BA-2024-01)",
        "(#1234)",
        "_BA01",
        "Id21373",
    ] {
        assert_eq!(clean(&format!("Kế Toán {code}")).text, "Kế Toán", "{code}");
    }
    assert_eq!(clean("[C15] - Kế Toán").text, "Kế Toán");
    assert_eq!(clean("131132 - Kế Toán").text, "Kế Toán");
    for stays in [
        "C# Developer (C#)",
        "Dev (.NET 8)",
        "Tài Xế (B2)",
        "Hoạ Viên (3D)",
        "Kỹ Sư PLC (S7-1200)",
        "Kỹ Sư QA (ISO27001)",
        "Kỹ Sư Core (T24)",
        "Dạy Tiếng Nhật [N2]",
        "Quản Trị Viên Tập Sự (2025)",
    ] {
        assert_eq!(clean(stays).text, stays);
    }
}

#[test]
fn words_that_introduce_a_tail_go_with_it() {
    for (given, wanted) in [
        ("Java Dev - Sign-on Bonus", "Java Dev"),
        ("Java Dev (Java, with Sign-on Bonus)", "Java Dev (Java)"),
        ("Kế Toán (Có Từ 2 Năm Kinh Nghiệm)", "Kế Toán"),
        ("AI Engineer - From 2 Years Of Experience", "AI Engineer"),
        ("Kế Toán Từ 3 YoE", "Kế Toán"),
        ("Lập Trình ERP - Up 38M", "Lập Trình ERP"),
        ("Kế Toán Lương Khoảng 10 Triệu", "Kế Toán"),
        ("Sale Khoảng 10 Triệu", "Sale"),
        ("Thủ Kho in Binh Duong, Dong Nai", "Thủ Kho"),
        ("IT Support - Working in Can Tho City", "IT Support"),
        ("Sale (Tổng Thu Nhập 10-30 Triệu)", "Sale"),
        ("Sale - Tư Vấn Theo Data Có Sẵn", "Sale - Tư Vấn"),
        ("Nhân Viên Chứng Từ Thời Vụ 7 Tháng", "Nhân Viên Chứng Từ"),
        ("Thợ Máy In Hà Nội", "Thợ Máy In"),
    ] {
        assert_eq!(clean(given).text, wanted, "{given}");
    }
    for stays in ["BrSE (N2 Up)", "Chuyên Viên Chứng Từ", "Nhân Viên Hậu Cần"] {
        assert_eq!(clean(stays).text, stays);
    }
}

#[test]
fn the_role_is_never_lost() {
    for (given, wanted) in [
        ("Vinamilk Tuyển Gấp Kế Toán Trưởng", "Kế Toán Trưởng"),
        ("Công Ty ABC Tuyển Dụng Kỹ Sư Điện", "Kỹ Sư Điện"),
        (
            "Lập Trình Viên .Net 03 Năm Kinh Nghiệm",
            "Lập Trình Viên .Net",
        ),
        ("Lập Trình Viên .Net 5+", "Lập Trình Viên .Net 5+"),
        (
            "[A7] Hot Job Sau Tết_Tổng Đài Viên_Không Sale",
            "Tổng Đài Viên",
        ),
        ("Temporary Planning Officer - NPI", "Planning Officer - NPI"),
        (
            "IT Support Onsite/ IT Helpdesk - Up To 14 Mil",
            "IT Support / IT Helpdesk",
        ),
        (
            "Presales - Hỗ Trợ Tư Vấn Giải Pháp",
            "Presales - Hỗ Trợ Tư Vấn Giải Pháp",
        ),
        (
            "Trade Manager (Up to Supervisor)",
            "Trade Manager (Up to Supervisor)",
        ),
        ("04 Senior Dev", "Senior Dev"),
    ] {
        assert_eq!(
            clean(given).text.replace(" /", "/"),
            wanted.replace(" /", "/"),
            "{given}"
        );
    }
    // The rules cannot decide: all that names a role would be dropped.
    let kept = clean("Làm Việc Tại Hà Nội, Data Engineer - NPI");
    assert_eq!(kept.text, "Làm Việc Tại Hà Nội, Data Engineer - NPI");
    assert_eq!(kept.warnings, crate::Warnings::TITLE_KEPT);
}

#[test]
fn a_list_of_places_goes_as_a_whole() {
    for (given, wanted) in [
        ("[HCM - Dist.7] - QC Engineer", "QC Engineer"),
        ("HCM_Data Engineer", "Data Engineer"),
        ("Hn_Chuyên Viên Mua Hàng", "Chuyên Viên Mua Hàng"),
        ("[Danang] BrSE", "BrSE"),
        ("Dev (Mỹ Đình 2 - Nam Từ Liêm)", "Dev"),
        ("Bán Hàng (Quận 1, 5, 7 & Cầu Giấy)", "Bán Hàng"),
        ("Kỹ Thuật [Định Công - Hoàng Mai]", "Kỹ Thuật"),
        ("Bán Hàng Ô Tô Mazda Nguyễn Trãi", "Bán Hàng Ô Tô Mazda"),
        (
            "Nhân Viên Bán Hàng Hà Nội Và Hải Phòng",
            "Nhân Viên Bán Hàng",
        ),
        ("Nhân Viên Kho TP.HCM", "Nhân Viên Kho"),
        ("Cửa Hàng Trưởng SOHEE Phố Huế", "Cửa Hàng Trưởng SOHEE"),
        ("Data Analyst (Cu Chi factory)", "Data Analyst"),
        (
            "Chuyên Viên - MB Bank Tô Hiến Thành, Quận 10",
            "Chuyên Viên - MB Bank",
        ),
        (
            "[G6] _ [BSV] _ Tân Bình_Nhân Viên Wifi",
            "[BSV] Nhân Viên Wifi",
        ),
    ] {
        assert_eq!(clean(given).text, wanted, "{given}");
    }
}

#[test]
fn the_pay_of_a_title_is_kept_as_written() {
    for (given, pay) in [
        ("Kế Toán", None),
        ("Kế Toán - Thu Nhập Hấp Dẫn", None),
        ("Kế Toán (Thưởng 5 Triệu)", None),
        ("Lương 12 Triệu", None),
        ("Kế Toán - Từ 10 Triệu", Some("Từ 10 Triệu")),
        ("Kế Toán (Upto $2000)", Some("Upto $2000")),
        (
            "Sales (Data Có Sẵn, Lương Cứng 8-10tr/Tháng + Thưởng 5tr, Nghỉ T7)",
            Some("Lương Cứng 8-10tr/Tháng"),
        ),
        (
            "Lái Xe (15 - 20 Triệu) - Tại Huế - Lương 16tr/Tháng",
            Some("15 - 20 Triệu Lương 16tr/Tháng"),
        ),
        (
            "Kế Toán - Thu Nhập 8tr - 15tr/Tháng",
            Some("Thu Nhập 8tr - 15tr/Tháng"),
        ),
        ("Kế Toán (Lương Từ 15tr-20tr)", Some("Lương Từ 15tr - 20tr")),
        ("Tech Lead - $70K/Year", Some("$70K/Year")),
        ("Tech Lead (Up To $50K/Year)", Some("Up To $50K/Year")),
        (
            "Java Developer - Relocation Allowances Up To 100,000,000 Vnd",
            None,
        ),
        ("Java Developer - Sign-on Bonus Upto 20M", None),
    ] {
        assert_eq!(clean(given).pay.as_deref(), pay, "{given}");
    }
}

#[test]
fn no_title_is_emptied() {
    for title in ["Hà Nội", "Lương 12 Triệu", "(Part-Time)", "Gấp", "[TA163]"] {
        assert!(
            clean(title).text.chars().any(char::is_alphabetic),
            "{title}"
        );
    }
    assert_eq!(clean("Lương 12 Triệu").text, "Lương 12 Triệu");
}
