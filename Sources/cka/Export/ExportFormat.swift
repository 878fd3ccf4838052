import ArgumentParser
import Core
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
  func bytes(_ exhibit: any Exhibit, raw: Bool, scale: Int?) throws(FormatError) -> [UInt8] {
    do {
      return try exhibit.picture(self, raw: raw, scale: scale) ?? exhibit.values(self)
    } catch let error as FormatError {
      throw error
    } catch {
      throw FormatError(.request, "\(error)")
    }
  }
}
