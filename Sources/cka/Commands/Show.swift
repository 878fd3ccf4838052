import ArgumentParser
import Cells
import Core
import Explorer
import Formats
import Foundation

/// A heatmap, or curves, on standard output.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a result's heatmap, or its curves, on standard output.",
    discussion: """
      --layers, --rows and --columns choose what the heatmap shows, as with cka export. \
      --view sorted of a study shows the scores of one cell: --rows and --columns must each leave \
      one layer.
      """)

  /// What to print.
  enum View: String, ExpressibleByArgument, CaseIterable {
    case layers, sorted, curves
  }

  @Argument(help: "A result file, or a folder of them.", completion: .file())
  var path: String

  @Option(help: "layers, sorted or curves; by default what the file holds.")
  var view: View?

  @Option(help: "The picture's width in cells (default: the terminal's, or 80).")
  var width: Int?

  @OptionGroup var choice: ResultChoice
  @OptionGroup var looks: LooksOptions
  @OptionGroup var colors: ColorOptions

  func validate() throws {
    guard (Self.smallestWidth...1000).contains(width ?? 80) else {
      throw ValidationError("--width must be from \(Self.smallestWidth) to 1000")
    }
  }

  func run() throws {
    let kind: ResultKind? =
      switch view {
      case .layers: .layers
      case .sorted: .minibatches
      case .curves: .curves
      case nil: nil
      }
    let results = try choice.results(
      in: path, kind: kind, labels: looks.executedLabels ? .executed : .exported)
    let isTerminal = isatty(STDOUT_FILENO) != 0
    let width = self.width ?? (isTerminal ? Self.terminalWidth : 80)
    for result in results {
      let opened = try looks.opened(result, forScores: kind == .minibatches)
      let (shown, settings) = try filtered(opened)
      let traits = TerminalTraits(
        size: Size(width: width, height: Self.height(shown, width: width)),
        depth: colors.depth(isTerminal: isTerminal))
      let buffer = picture(of: shown, settings: settings, on: traits)
      try StandardOutput.print(traits.depth == .none ? buffer.text : ANSIText.encode(buffer))
    }
  }

  /// What `--rows` and `--columns` leave of a layer matrix, and the settings that show it; anything
  /// else as it is.
  /// - Throws: `ExitCode` 1 after a line that says that they leave nothing.
  private func filtered(_ opened: Opened) throws -> (Opened, ViewSettings) {
    var settings = try looks.settings()
    guard let whole = opened.comparison, whole.comparison.kind == .layers,
      !looks.rows.isEmpty || !looks.columns.isEmpty
    else { return (opened, settings) }
    var request = ExportRequest(view: .layers, id: opened.id, settings: settings)
    request.rowFilter = looks.rows
    request.columnFilter = looks.columns
    // The picture turns it.
    request.settings.transposed = false
    do {
      let shown = try HeatmapExhibit(request, of: whole).comparison
      // Both have had their effect; the title says that there was a filter.
      settings.filter = "*"
      settings.labelOrder = .exported
      return (.comparison(OpenResult(shown)), settings)
    } catch {
      throw fail("\(opened.id.path): \(error.description)")
    }
  }

  private static let smallestWidth = 24

  /// Enough lines for square cells at this width, within reason.
  private static func height(_ result: Opened, width: Int) -> Int {
    // As wide as high, as a terminal's cells are.
    guard let comparison = result.comparison?.comparison else {
      return max(14, min(40, width * 2 / 7))
    }
    guard comparison.kind == .layers else { return max(14, min(48, width / 2)) }
    let (rows, columns) = (comparison.matrix.rows, comparison.matrix.columns)
    let room = max(8, width - 36)
    let block = (columns + room - 1) / room
    let unit = block > 1 ? 1 : max(1, min(4, room / max(1, columns)))
    let pixels = block > 1 ? (rows + block - 1) / block : rows * unit
    return max(9, min(200, (pixels + 1) / 2 + 5))
  }

  private static var terminalWidth: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return min(1000, max(smallestWidth, Int(size.ws_col)))
  }
}
