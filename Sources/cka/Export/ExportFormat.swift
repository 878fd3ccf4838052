import ArgumentParser
import CKACore
import Explorer
import Figure
import Formats

/// The formats that panes are written in.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  case ppm, png, svg, csv, npy, npz, json

  /// The format that a file's name asks for.
  init?(path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }

  /// Whether it is a picture; else it holds values.
  var isFigure: Bool { [.ppm, .png, .svg].contains(self) }

  /// `exhibit` in this format.
  /// - Parameters:
  ///   - raw: the cells alone, without title, names and colour bar.
  ///   - scale: pixels for a value; nil picks a size.
  func bytes(_ exhibit: Exhibit, raw: Bool, scale: Int?) throws(FormatError) -> [UInt8] {
    do {
      return try picture(exhibit.figure, raw: raw, scale: scale) ?? values(exhibit)
    } catch let error as FormatError {
      throw error
    } catch {
      throw FormatError("\(error)")
    }
  }

  /// The picture, or nil when this is a format of values.
  private func picture(_ figure: Figure, raw: Bool, scale: Int?) throws -> [UInt8]? {
    var figure = figure
    figure.pixelsPerValue = scale
    return switch (self, raw) {
    case (.ppm, true): try figure.rawPPM(scale: scale ?? 1)
    case (.png, true): try figure.rawPNG(scale: scale ?? 1)
    case (.svg, true): try figure.rawSVG(scale: scale ?? 1)
    case (.ppm, false): try figure.ppm()
    case (.png, false): try figure.png()
    case (.svg, false): try figure.svg()
    default: nil
    }
  }

  private func values(_ exhibit: Exhibit) throws(FormatError) -> [UInt8] {
    let (comparison, order) = (exhibit.comparison, exhibit.minibatches)
    return switch self {
    case .npy: ResultWriter.npy(comparison)
    case .npz: try ResultWriter.npz([comparison], order: order)
    case .json: ResultWriter.json([comparison], order: order)
    default: ResultWriter.csv(comparison, order: order)
    }
  }
}
