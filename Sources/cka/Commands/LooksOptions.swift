import ArgumentParser
import Cells
import Core
import Explorer

/// Colours and arrangement, the same for `show` and `export`, and the same as the explorer's keys.
struct LooksOptions: ParsableArguments {
  @Option(help: "Colour map: \(Colormap.allCases.map(\.rawValue).joined(separator: ", ")).")
  var colormap: String?

  @Option(help: "Values that the colours span: LOW,HIGH or LOW%,HIGH% or data or unit (0 to 1).")
  var range: String?

  @Option(help: "Layers to keep, on both sides: text, glob or /regex/; !term hides.")
  var layers: String = ""

  @Option(help: "Rows to keep, in the same way.")
  var rows: String = ""

  @Option(help: "Columns to keep, in the same way.")
  var columns: String = ""

  @Flag(help: "Exchange rows and columns.")
  var transpose = false

  @Flag(help: "Row 0 at the top.")
  var originTop = false

  @Flag(
    help: "Layer names in the order in which torch_cka's hooks ran, where they look mislabelled.")
  var executedLabels = false

  @Flag(
    help: "Only cells above the permutation null, p at most 0.05; the others have no value.")
  var aboveNull = false

  @Flag(help: "Curves: y from 0, not just around the data.")
  var fromZero = false

  func validate() throws { _ = try settings() }

  /// The explorer's settings that say the same.
  func settings() throws -> ViewSettings {
    var settings = ViewSettings()
    if let colormap {
      guard let map = Colormap(name: colormap) else {
        throw ValidationError("no colour map '\(SafeText.sanitise(colormap))'; see --help")
      }
      (settings.layerColormap, settings.minibatchColormap) = (map, map)
    }
    if let range {
      guard let parsed = ValueRange(text: range) else {
        throw ValidationError("--range is LOW,HIGH or LOW%,HIGH% or data or unit")
      }
      settings.range = parsed
    }
    for text in [layers, rows, columns] {
      do {
        _ = try LayerFilter(text)
      } catch {
        throw ValidationError("\(error)")
      }
    }
    settings.filter = layers
    settings.curves.fromZero = fromZero
    settings.transposed = transpose
    settings.dimsChance = aboveNull
    settings.originAtTop = originTop
    settings.labelOrder = executedLabels ? .executed : .exported
    return settings
  }
}
