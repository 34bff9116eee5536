import { reportText, type Advice } from '../protocol/errors.ts';

/** What to do about it on the command line; null where there is nothing to be said. */
export function helpHere({ help, commandLineHelp }: Partial<Advice>): string | null {
  return commandLineHelp ?? help ?? null;
}

/** What happened and what to do about it on the command line, on one line. */
export function textHere(report: Partial<Advice> & { message: string }): string {
  return reportText({ message: report.message, help: helpHere(report) });
}
