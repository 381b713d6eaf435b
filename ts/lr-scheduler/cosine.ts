/**
 * A cosine with the same bits in every engine: `Math.cos` may differ in the last digit from one to the next.
 *
 * Its argument counts half turns, so that the reduction to an eighth of a turn is exact; the rest is a Taylor series of
 * IEEE additions and multiplications. Off by 1.5 units in the last place at most, and exact at 0, ½ and 1.
 */

/** (−1)ᵏ·π²ᵏ/(2k)! from k = 8 down to 1; the next one adds less than 2⁻⁵⁸. */
const COSINE = [
  4.303069587032947e-6, -0.0001046381049248457, 0.0019295743094039231, -0.02580689139001406, 0.2353306303588932,
  -1.3352627688545895, 4.0587121264167685, -4.934802200544679,
];

/** (−1)ᵏ·π²ᵏ⁺¹/(2k + 1)! from k = 8 down to 1. */
const SINE = [
  7.952054001475513e-7, -2.1915353447830217e-5, 0.00046630280576761255, -0.0073704309457143504, 0.08214588661112823,
  -0.5992645293207921, 2.5501640398773455, -5.16771278004997,
];

/** cos(π·x). */
export function cosPi(x: number): number {
  const turn = Math.abs(x) % 2;
  const half = turn > 1 ? 2 - turn : turn;
  if (half > 0.5) return -quarter(1 - half);
  return quarter(half);
}

/** cos(π·x) of x in [0, ½]. */
function quarter(x: number): number {
  if (x <= 0.25) return 1 + x * x * series(COSINE, x * x);
  const rest = 0.5 - x;
  return rest * (Math.PI + rest * rest * series(SINE, rest * rest));
}

function series(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}
