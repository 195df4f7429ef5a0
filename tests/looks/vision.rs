//! How far apart two colours are to an eye: CIE76 in Lab, after what one kind of colour vision makes of them.
//!
//! The matrices are those of severity 1.0 in table 1 of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
//! Deficiency", IEEE TVCG 15 (2009); they work on linear RGB.

use opsctl::theme::colour::Rgb;

/// A kind of colour vision, and what it makes of linear red, green, blue.
pub(super) const VISIONS: [(&str, [[f64; 3]; 3]); 4] = [
    ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protan", [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]]),
    ("deutan", [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]]),
    ("tritan", [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]]),
];
/// From linear RGB to XYZ, and the white of D65. <https://www.w3.org/Graphics/Color/sRGB>
const XYZ: [[f64; 3]; 3] =
    [[0.412_456_4, 0.357_576_1, 0.180_437_5], [0.212_672_9, 0.715_152_2, 0.072_175_0], [0.019_333_9, 0.119_192_0, 0.950_304_1]];
const WHITE: [f64; 3] = [0.950_47, 1.0, 1.088_83];

fn times(matrix: &[[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

fn lab(colour: Rgb, vision: &[[f64; 3]; 3]) -> [f64; 3] {
    let linear = |part: u8| {
        let value = f64::from(part) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let seen = times(vision, [colour.0, colour.1, colour.2].map(linear)).map(|part| part.clamp(0.0, 1.0));
    let xyz = times(&XYZ, seen);
    let [x, y, z] = [0, 1, 2].map(|at| {
        let part = xyz[at] / WHITE[at];
        if part > (6.0_f64 / 29.0).powi(3) { part.cbrt() } else { part * (29.0_f64 / 6.0).powi(2) / 3.0 + 4.0 / 29.0 }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The distance of two colours; two that differ by about 2 are just told apart side by side.
pub(super) fn distance(a: Rgb, b: Rgb, vision: &[[f64; 3]; 3]) -> f64 {
    let (a, b) = (lab(a, vision), lab(b, vision));
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn the_distance_agrees_with_known_values() {
    for (name, vision) in &VISIONS {
        // greys are the same to everybody
        assert!((distance(Rgb(0, 0, 0), Rgb(255, 255, 255), vision) - 100.0).abs() < 0.2, "{name}");
    }
    let normal = &VISIONS[0].1;
    // Lab of pure red is 53.24, 80.09, 67.20: its distance to black
    assert!((distance(Rgb(255, 0, 0), Rgb(0, 0, 0), normal) - 117.34).abs() < 0.1);
    // what every second tool does, and why this one does not
    let (green, red) = (Rgb(0, 205, 0), Rgb(205, 0, 0));
    assert!(distance(green, red, normal) > 100.0);
    let worst = VISIONS.iter().map(|(_, vision)| distance(Rgb(205, 205, 0), green, vision)).fold(f64::MAX, f64::min);
    assert!(worst < 20.0, "{worst}");
}
