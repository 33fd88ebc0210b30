-- The raw rows from which the dumps in this folder were published.
INSERT INTO raw_jobs (job_id, title, company_name, salary, skills, location, location_detail, deadline, posted_time, crawled_at) VALUES
('1', 'Kế Toán Trưởng', 'Công ty TNHH Minh Long', '10 - 15 triệu', '["Excel"]', 'Hà Nội', 'Hà Nội: 12 Trần Phú', '30', '2026-01-10T08:00:00+07:00', '2026-01-15T08:00:00+07:00'),
('2', '[Hà Nội] Lái Xe - Lương 20 Triệu', 'CTCP An Bình', '1,000 - 2,000 USD', NULL, 'Hà Nội & 2 nơi khác', 'Hà Nội: 1 Hàng Bài' || E'\n' || 'Huế: 2 Lê Lợi' || E'\n' || 'Đà Nẵng: 3 Bạch Đằng', '22/02/2026', NULL, '2026-01-15T08:00:00+07:00'),
('3', 'Nhân Viên Kho', 'CTCP An Bình', 'Thỏa thuận', NULL, 'Hà Nội & 27 nơi khác', (SELECT string_agg(p || ': 1 Trần Phú', E'\n') FROM unnest('{Hà Nội,Đà Nẵng,An Giang,Thanh Hóa,Nghệ An,Hà Tĩnh,Bắc Ninh,Đồng Nai,Cà Mau,Phú Thọ,Hà Nam,Ninh Bình,Hải Phòng,Gia Lai,Hồ Chí Minh,Vĩnh Long,Lai Châu,Lào Cai,Đồng Tháp,Quảng Trị,Hưng Yên,Tây Ninh,Điện Biên,Sơn La,Bắc Giang,Cần Thơ,Quảng Ninh,Lâm Đồng}'::text[]) p), '10', NULL, '2026-01-15T08:00:00+07:00'),
('4', ' ', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-15T08:00:00+07:00'),
('5', 'Thợ Hàn', NULL, 'nhiều lắm 7x7', NULL, 'Huế', NULL, '31/02/2026', NULL, '2026-01-15T08:00:00+07:00');
