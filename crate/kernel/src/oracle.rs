//! Adam's textbook form in f64, against which the lanes are held. Written from the papers' formulas, not from the rule.

use crate::adam::{Adam, Options};
use crate::lane::{F32x4, F64x2, Lane};
use crate::table::{Row, Table};
use core::ptr::null;

/// One parameter element and its state.
#[derive(Clone, Copy, Debug)]
struct Element {
    param: f64,
    exp_avg: f64,
    exp_avg_sq: f64,
    max_exp_avg_sq: f64,
}

fn adam(e: Element, grad: f64, o: &Options, step: i32) -> Element {
    let (bias_correction1, bias_correction2) = (1.0 - o.beta1.powi(step), 1.0 - o.beta2.powi(step));
    let mut grad = o.grad_scale * if o.maximize { -grad } else { grad };
    let mut param = e.param;
    match o.decoupled_weight_decay {
        true => param -= o.lr * o.weight_decay * param,
        false => grad += o.weight_decay * param,
    }
    let exp_avg = o.beta1 * e.exp_avg + (1.0 - o.beta1) * grad;
    let exp_avg_sq = o.beta2 * e.exp_avg_sq + (1.0 - o.beta2) * grad * grad;
    let max_exp_avg_sq = e.max_exp_avg_sq.max(exp_avg_sq);
    let v = if o.amsgrad { max_exp_avg_sq } else { exp_avg_sq };
    param -= match o.epsilon_hat {
        true => o.lr * bias_correction2.sqrt() / bias_correction1 * exp_avg / (v.sqrt() + o.eps),
        false => o.lr * (exp_avg / bias_correction1) / ((v / bias_correction2).sqrt() + o.eps),
    };
    Element { param, exp_avg, exp_avg_sq, max_exp_avg_sq }
}

/// Values in [-1, 1) that repeat for a seed.
fn noise(seed: u32, index: u32) -> f64 {
    let mut x = seed.wrapping_mul(0x9e37_79b9) ^ index.wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    f64::from(x ^ (x >> 16)) / f64::from(1u32 << 31) - 1.0
}

fn every_option_set() -> impl Iterator<Item = Options> {
    (0..32u32).flat_map(|bits| {
        let sets = [
            (1e-2, 0.9, 0.0, 1.0),
            (1e-2, 0.9, 0.1, 1.0),
            (1e-2, 0.9, 0.1, 0.3),
            (1e-2, 0.3, 0.1, 1.0),
            (1e-2, 0.0, 0.0, 2.5),
            (-1e-2, 0.9, 0.0, 1.0),
        ];
        sets.map(|(lr, beta1, weight_decay, grad_scale)| Options {
            lr,
            beta1,
            beta2: 0.99,
            eps: 1e-8,
            weight_decay,
            amsgrad: bits & 1 != 0,
            maximize: bits & 2 != 0,
            decoupled_weight_decay: bits & 4 != 0,
            epsilon_hat: bits & 8 != 0,
            exact: bits & 16 != 0,
            grad_scale,
            flush_denormal: true,
        })
    })
}

/// Runs every option set for 40 steps at every length from 0 to 21, with guards of one vector around each array.
fn follows_the_oracle<L: Lane>(from: fn(f64) -> L::Scalar, into: fn(L::Scalar) -> f64, tolerance: f64) {
    const GUARD: usize = 4;
    for options in every_option_set() {
        for len in 0..22 {
            let mut arrays: [Vec<L::Scalar>; 5] = core::array::from_fn(|_| vec![from(0.0); len + 2 * GUARD]);
            let start = |i: usize| noise(1, i as u32);
            arrays[0] = (0..len + 2 * GUARD).map(|i| from(start(i))).collect();
            let mut expected: Vec<Element> = (GUARD..GUARD + len)
                .map(|i| Element { param: into(arrays[0][i]), exp_avg: 0.0, exp_avg_sq: 0.0, max_exp_avg_sq: 0.0 })
                .collect();
            for step in 1..=40 {
                arrays[1] = (0..len + 2 * GUARD).map(|i| from(noise(1 + step as u32, i as u32))).collect();
                let [param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq] = &mut arrays;
                for (i, element) in expected.iter_mut().enumerate() {
                    *element = adam(*element, into(grad[GUARD + i]), &options, step);
                }
                // SAFETY: each array has `len` elements behind its guard.
                unsafe {
                    let moments = [exp_avg, exp_avg_sq, max_exp_avg_sq].map(|a| a.as_mut_ptr().add(GUARD).cast());
                    let (param, grad) = (param.as_mut_ptr().add(GUARD).cast(), grad.as_mut_ptr().add(GUARD).cast());
                    Adam::<L>::new(&options, step as u64)
                        .step(Table { rows: &[Row { param, grad, sparse: null(), moments, len }], zeroed: 0 });
                }
            }
            for (i, e) in expected.iter().enumerate() {
                let got = [0, 2, 3, 4].map(|array: usize| into(arrays[array][GUARD + i]));
                let vmax = if options.amsgrad { e.max_exp_avg_sq } else { 0.0 };
                for (got, want) in got.into_iter().zip([e.param, e.exp_avg, e.exp_avg_sq, vmax]) {
                    assert!((got - want).abs() <= tolerance, "element {i} of {len}: {got}, the oracle has {want}");
                }
            }
            for i in (0..GUARD).chain(GUARD + len..len + 2 * GUARD) {
                assert_eq!(into(arrays[0][i]), into(from(start(i))), "guard {i} of param, length {len}");
                for array in [2, 3, 4] {
                    assert_eq!(into(arrays[array][i]), 0.0, "guard {i} of state, length {len}");
                }
            }
        }
    }
}

#[test]
fn adam_follows_the_oracle_in_f32() {
    follows_the_oracle::<F32x4>(|x| x as f32, |x| x.into(), 2e-5);
}

#[test]
fn adam_follows_the_oracle_in_f64() {
    follows_the_oracle::<F64x2>(|x| x, |x| x, 1e-13);
}

#[test]
fn amsgrad_keeps_a_nan() {
    let options = every_option_set().find(|o| o.amsgrad).expect("amsgrad is among the options");
    for len in 1..9 {
        // In whole vectors.
        let size = len + 3;
        let (mut param, mut exp_avg, mut exp_avg_sq) = (vec![1f32; size], vec![0f32; size], vec![0f32; size]);
        let mut max_exp_avg_sq = vec![1f32; size];
        let mut grad = vec![f32::NAN; size];
        let moments = [&mut exp_avg, &mut exp_avg_sq, &mut max_exp_avg_sq].map(|a| a.as_mut_ptr().cast());
        let row =
            Row { param: param.as_mut_ptr().cast(), grad: grad.as_mut_ptr().cast(), sparse: null(), moments, len };
        // SAFETY: whole vectors hold `len` elements.
        unsafe { Adam::<F32x4>::new(&options, 1).step(Table { rows: &[row], zeroed: 0 }) };
        for array in [max_exp_avg_sq, param] {
            assert!(array[..len].iter().all(|x| x.is_nan()), "length {len}");
            assert!(array[len..].iter().all(|x| *x == 1.0), "behind length {len}");
        }
    }
}
