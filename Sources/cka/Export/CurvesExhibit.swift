import Core
import Explorer
import Figure
import Formats
import Similarity

/// Curves ready to be written. A figure shows the series that are not hidden; values are all of
/// them.
struct CurvesExhibit: Exhibit {
  /// The picture.
  let figure: CurvesFigure
  /// The values.
  let curves: Curves
  /// Curves come from files of other programs, which say nothing of the kind.
  var caveats: [Caveat] { [] }

  /// The figure that `request` asks for.
  /// - Throws: `FormatError` when a view of another kind of result is asked for.
  init(_ request: ExportRequest, of curves: Curves) throws(FormatError) {
    guard request.view == .curves else {
      throw FormatError(
        .request, "holds curves, which have no \(request.view.rawValue) view",
        remedy: "use --view curves",
        file: SafeText.sanitise(curves.id.path))
    }
    let settings = request.settings.curves
    self.curves = curves
    figure = CurvesFigure(
      curves, title: curves.figureTitle, shown: settings.shown(of: curves),
      fromZero: settings.fromZero)
  }

  func picture(_ format: ExportFormat, raw: Bool, scale: Int?) throws -> [UInt8]? {
    guard format.isFigure else { return nil }
    guard !raw, scale == nil else {
      throw FormatError(.request, "curves have no cells", remedy: "leave out --raw and --scale")
    }
    return switch format {
    case .png: try figure.png()
    case .svg: try figure.svg()
    default: try figure.ppm()
    }
  }

  func values(_ format: ExportFormat) throws(FormatError) -> [UInt8] {
    switch format {
    case .json: return ResultWriter.json(curves)
    case .csv: return ResultWriter.csv(curves)
    default:
      throw FormatError(.request, "curves are written as csv or json, not as \(format.rawValue)")
    }
  }
}

extension Curves {
  /// The title, or the file's name where there is none.
  var figureTitle: String {
    guard title.isEmpty else { return title }
    let file = id.path.split(separator: "/").last.map(String.init) ?? id.path
    return SafeText.sanitise(id.key.isEmpty ? file : "\(file) \(id.key)")
  }
}
