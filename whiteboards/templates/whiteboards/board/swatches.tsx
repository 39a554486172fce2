// A choice among colours, each with its name: radio buttons, so that keyboards and screen readers know what to do.
import { useId, type ReactNode } from "react";
import { STICKY_COLOURS } from "./colours";
import { useDesk } from "./desk";

interface Swatch {
  value: string;
  name: string;
}

export function Swatches({ label, value, onChange, choices, isLabelHidden = false, isDisabled = false, areNamed = false }: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  choices?: readonly Swatch[];
  isLabelHidden?: boolean;
  isDisabled?: boolean;
  /** Whether everyone reads the names: of colours that are hard to tell from each other. */
  areNamed?: boolean;
}): ReactNode {
  const { words } = useDesk();
  const name = useId();
  const all = choices ?? STICKY_COLOURS.map((colour) => ({ value: colour.value, name: words.colours[colour.name] }));
  return (
    <fieldset className={areNamed ? "swatches swatches--named" : "swatches"} disabled={isDisabled}>
      <legend className={isLabelHidden ? "visually-hidden" : "field__label"}>{label}</legend>
      <div className="swatches__all">
        {all.map((swatch) => (
          <label className="swatch" key={swatch.value} title={swatch.name}>
            <input type="radio" name={name} value={swatch.value} checked={swatch.value === value} onChange={() => onChange(swatch.value)} />
            <span className="swatch__colour" style={{ background: swatch.value }} />
            <span className={areNamed ? "swatch__name" : "visually-hidden"}>{swatch.name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
