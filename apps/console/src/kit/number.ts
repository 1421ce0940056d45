/** How numbers are written that people count with. */
export const NUMBER = new Intl.NumberFormat();
