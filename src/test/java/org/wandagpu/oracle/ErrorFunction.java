package org.wandagpu.oracle;

/** The error function in double, from its series and its continued fraction. */
public final class ErrorFunction {

    private ErrorFunction() {
    }

    /** erf(x), relative error below 1e-13: Abramowitz and Stegun 7.1.6 for small, 7.1.14 for large arguments. */
    public static double erf(double x) {
        double a = Math.abs(x);
        if (a < 3) {
            double term = a;
            double sum = a;
            for (int n = 1; term > sum * 0x1p-60; n++) {
                term *= 2 * a * a / (2 * n + 1);
                sum += term;
            }
            return Math.copySign(2 / Math.sqrt(Math.PI) * Math.exp(-a * a) * sum, x);
        }
        double fraction = a;
        for (int n = 60; n > 0; n--) {
            fraction = a + n / 2.0 / fraction;
        }
        return Math.copySign(1 - Math.exp(-a * a) / (fraction * Math.sqrt(Math.PI)), x);
    }
}
