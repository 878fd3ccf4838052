import Core
import Explorer
import Formats
import Glibc
import Similarity

/// Writes panes to files for the explorer.
enum Exporting {
  /// The answer to `.export`: the files written, or why not.
  /// - Parameter shown: the results on the screen; their files may hold something else by now.
  static func write(
    _ requests: [ExportRequest], of shown: [Opened], preferences: Preferences
  ) -> Action {
    do throws(FormatError) {
      let format = ExportFormat(rawValue: preferences.exportFormat) ?? .ppm
      var paths: [String] = []
      for request in requests {
        let exhibit = try exhibit(request, of: shown)
        let bytes = try format.bytes(exhibit, raw: false, scale: nil)
        let path = freePath(
          name(of: request, exhibit.caveats), format, in: preferences.exportFolder)
        try AtomicFile.write(bytes, to: path) { () throws(FormatError) in
          try MappedFiles.checkIntact(behind: try sources(of: request, among: shown))
        }
        paths.append(path)
      }
      return .exported(paths.map(SafeText.sanitise))
    } catch {
      return .failed(error.description)
    }
  }

  /// The matrices that a pane's values come from.
  private static func sources(
    of request: ExportRequest, among shown: [Opened]
  ) throws(FormatError) -> [Matrix] {
    var matrices: [Matrix] = []
    for id in [request.id, request.subtracted].compactMap(\.self) {
      if let comparison = try shown.result(id).comparison {
        matrices.append(comparison.comparison.matrix)
      }
    }
    return matrices
  }

  private static func exhibit(
    _ request: ExportRequest, of shown: [Opened]
  ) throws(FormatError) -> any Exhibit {
    let result = try shown.result(request.id)
    guard let other = request.subtracted, let a = result.comparison,
      let b = try shown.result(other).comparison
    else { return try exhibit(request, of: result) }
    return try HeatmapExhibit.difference(request, a, b)
  }

  /// The pane of `result` that `request` asks for.
  static func exhibit(
    _ request: ExportRequest, of result: Opened
  ) throws(FormatError) -> any Exhibit {
    switch result {
    case .comparison(let comparison): try HeatmapExhibit(request, of: comparison)
    case .curves(let open): try CurvesExhibit(request, of: open.curves)
    }
  }

  /// The name of a pane's file: the result's own, the view, and that it is partial, since neither a
  /// CSV nor an npy file has room to say so.
  static func name(of request: ExportRequest, _ caveats: [Caveat]) -> String {
    let key = request.id.key.isEmpty ? "" : "-\(request.id.key)"
    let what = request.subtracted == nil ? request.view.rawValue : "difference"
    return "\(FileStem.plain(FileStem.of(path: request.id.path) + key))-\(what)"
      + (caveats.contains(where: \.isPartial) ? "-partial" : "")
  }

  /// A path that no file has yet: nothing of the user's is overwritten unasked.
  static func freePath(_ name: String, _ format: ExportFormat, in folder: String) -> String {
    let base = folder == "." ? name : "\(folder)/\(name)"
    var path = "\(base).\(format.rawValue)"
    var number = 2
    var status = stat()
    // A link that leads nowhere is the user's too.
    while lstat(path, &status) == 0 {
      path = "\(base)-\(number).\(format.rawValue)"
      number += 1
    }
    return path
  }
}

extension [Opened] {
  /// The result `id`: one of these, or else what its file holds.
  fileprivate func result(_ id: ResultID) throws(FormatError) -> Opened {
    if let shown = first(where: { $0.id == id }) { return shown }
    return try Reading.open(id)
  }
}
