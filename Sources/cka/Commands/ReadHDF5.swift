import ArgumentParser
import Formats

/// The process that reads one HDF5 file for another one; see `HDF5Service`.
struct ReadHDF5: ParsableCommand {
  static let name = "read-hdf5"
  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Read one HDF5 file for another process.", shouldDisplay: false)

  @Argument var path: String

  func run() { HDF5Service.serve(path: path) }

  /// Has HDF5 files read by another run of this very program; what follows `--` is a path, whatever
  /// it begins with.
  static func isolate() { HDF5Service.use(["/proc/self/exe", name, "--"]) }
}
