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
