import CHDF5
import Core
import Glibc

/// An open HDF5 file and its listing: the part that calls libhdf5, in whichever process.
/// - Precondition: all calls, and the end of its life, happen while `HDF5Reader.locked` runs them.
struct HDF5Datasets {
  let listing: HDF5Listing
  private let file: HDF5Handle

  /// Opens the file at `path`, which has `size` bytes.
  init(path: String, size: Int) throws(FormatError) {
    file = HDF5Handle(cka_h5_open(path))
    guard file.isValid else {
      throw FormatError(
        "not a readable HDF5 file: its superblock is damaged or the file is cut short",
        remedy: "copy it again")
    }
    var listing = HDF5Listing(fileSize: size)
    try listing.group(file.id, path: "", depth: 0)
    self.listing = listing
  }

  /// Samples `rows` of the dataset `number`, as its elements are stored.
  func rows(_ rows: Range<Int>, of number: Int) throws(FormatError) -> NDArray {
    let dataset = try dataset(number)
    guard let type = dataset.type, let samples = dataset.shape.first, rows.upperBound <= samples
    else { throw FormatError("no such rows") }
    let handle = try open(number)
    let shape = [rows.count] + dataset.shape.dropFirst()
    let bytes = try NDArray.count(of: shape) * type.type.size
    guard let memory = malloc(max(1, bytes)) else {
      throw FormatError("there is not enough memory to read \(bytes) bytes")
    }
    let region = ByteRegion(owning: UnsafeRawBufferPointer(start: memory, count: bytes)) {
      free(UnsafeMutableRawPointer(mutating: $0.baseAddress))
    }
    let space = HDF5Handle(H5Dget_space(handle.id))
    let fileType = HDF5Handle(H5Dget_type(handle.id))
    var start = [hsize_t](repeating: 0, count: shape.count)
    start[0] = hsize_t(rows.lowerBound)
    let count = shape.map { hsize_t($0) }
    let target = HDF5Handle(H5Screate_simple(Int32(shape.count), count, nil))
    // The shape is asked for again: the file may have been written anew since it was listed.
    guard space.isValid, fileType.isValid, target.isValid,
      HDF5Listing.shape(of: space) == dataset.shape, HDF5Type(fileType.id) == type,
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil) >= 0,
      H5Dread(handle.id, fileType.id, target.id, space.id, cka_h5_default(), memory) >= 0
    else {
      throw FormatError(
        "its values cannot be read", remedy: "copy the file again; it may be damaged")
    }
    return try NDArray(
      type: type.type, shape: shape, packedIn: ByteSlice(region), swapped: type.swapped)
  }

  /// All of the dataset `number`, which is text.
  func texts(of number: Int) throws(FormatError) -> Value {
    let handle = try open(number)
    do throws(HDF5Values.Unread) {
      var bytesLeft = Limits.hdf5Bytes
      return try HDF5Values(dataset: handle.id).value(bytesLeft: &bytesLeft)
    } catch {
      switch error {
      case .leftOut(let problem), .damaged(let problem): throw FormatError(problem)
      }
    }
  }

  private func dataset(_ number: Int) throws(FormatError) -> HDF5Listing.Dataset {
    guard listing.datasets.indices.contains(number) else { throw FormatError("no such dataset") }
    return listing.datasets[number]
  }

  private func open(_ number: Int) throws(FormatError) -> HDF5Handle {
    _ = try dataset(number)
    let handle = HDF5Handle(H5Dopen2(file.id, listing.entries[number].name, cka_h5_default()))
    guard handle.isValid else { throw FormatError("the dataset is gone") }
    return handle
  }
}

// MARK: The process that reads for another one

extension HDF5Service {
  /// Seconds that one request for activations may take.
  static let secondsForRequest: UInt32 = 60

  /// Whether `descriptor` is a socket, over which `HDF5Server` asks.
  static func isSocket(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// Sends the listing of the file at `path` over `socket`, then what is asked for, until nobody
  /// asks.
  static func answer(path: String, socket: Int32) {
    _ = try? HDF5Reader.locked { () throws(FormatError) in
      alarm(secondsForRequest)
      let file: HDF5Datasets
      do throws(FormatError) {
        let size = try MappedFile.size(path: path)
        file = try HDF5Datasets(path: path, size: size)
      } catch {
        _ = send(HDF5Wire.encode(error), isError: true, to: socket)
        return
      }
      let listing = ReadValue(
        value: file.listing.value, format: .hdf5, warnings: file.listing.warnings)
      guard send(HDF5Wire.encode(listing), isError: false, to: socket) else { return }
      alarm(0)
      while let request = HDF5Request(from: socket) {
        alarm(secondsForRequest)
        guard answer(request, from: file, to: socket) else { return }
        alarm(0)
      }
    }
  }

  private static func answer(
    _ request: HDF5Request, from file: HDF5Datasets, to socket: Int32
  ) -> Bool {
    do throws(FormatError) {
      guard let rows = request.rows else {
        let texts = ReadValue(value: try file.texts(of: request.dataset), format: .hdf5)
        return send(HDF5Wire.encode(texts), isError: false, to: socket)
      }
      let array = try file.rows(rows, of: request.dataset)
      return withExtendedLifetime(array.region) {
        send(array.region.bytes, isError: false, to: socket)
      }
    } catch {
      return send(HDF5Wire.encode(error), isError: true, to: socket)
    }
  }

  private static func send(_ bytes: [UInt8], isError: Bool, to socket: Int32) -> Bool {
    bytes.withUnsafeBytes { send($0, isError: isError, to: socket) }
  }

  private static func send(
    _ bytes: UnsafeRawBufferPointer, isError: Bool, to socket: Int32
  ) -> Bool {
    [isError ? 1 : 0, bytes.count].withUnsafeBytes { HDF5Request.drain($0, to: socket) }
      && HDF5Request.drain(bytes, to: socket)
  }
}
