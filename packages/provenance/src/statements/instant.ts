const microsADay = 86_400_000_000n;

/**
 * Microseconds since 1970-01-01T00:00:00Z as an `xsd:dateTime` in UTC with six decimals: all digits that a node has,
 * where a Date would drop three.
 *
 * @see XML Schema 1.1 part 2, section 3.3.7 (there is a year 0000)
 * @example
 * formatInstant(1_760_000_000_000_001n); // '2025-10-09T08:53:20.000001Z'
 */
export function formatInstant(micros: bigint): string {
  const ofDay = ((micros % microsADay) + microsADay) % microsADay;
  const { year, month, day } = civilDate(Number((micros - ofDay) / microsADay));
  const seconds = Number(ofDay / 1_000_000n);
  const date = [`${year < 0 ? '-' : ''}${digits(Math.abs(year), 4)}`, digits(month), digits(day)].join('-');
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) =>
    digits(part),
  );
  return `${date}T${time.join(':')}.${digits(Number(ofDay % 1_000_000n), 6)}Z`;
}

/**
 * The date of a day counted from 1970-01-01 in the proleptic Gregorian calendar. Years begin in March here, so that the leap
 * day is their last one.
 *
 * @see Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days
 */
function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468; // from 0000-03-01
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const leaps = Math.floor(ofEra / 1460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096);
  const yearOfEra = Math.floor((ofEra - leaps) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const day = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + Number(month <= 2), month, day };
}

function digits(value: number, count = 2): string {
  return String(value).padStart(count, '0');
}
