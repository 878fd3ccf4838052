import CHDF5
import Core
import Glibc

/// An open HDF5 file and its listing: the part that calls libhdf5, in whichever process.
/// - Precondition: all calls, and the end of its life, happen while `HDF5Reader.locked` runs them.
struct HDF5Datasets {
  let listing: HDF5Listing
  private let file: HDF5File
  private let fileSize: Int

  /// Opens the file that `region` holds.
  init(_ region: ByteRegion) throws(FormatError) {
    file = try HDF5File(region)
    fileSize = region.count
    var listing = HDF5Listing(fileSize: region.count)
    try listing.group(file.id, path: "", depth: 0)
    self.listing = listing
  }

  /// The part `box` of the dataset `number`, a range on each axis as the file has them, with its
  /// elements as they are stored.
  func part(_ box: [Range<Int>], of number: Int) throws(FormatError) -> NDArray {
    let dataset = try dataset(number)
    guard let type = dataset.type, !box.isEmpty, box.count == dataset.shape.count,
      zip(box, dataset.shape).allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= $1 })
    else { throw FormatError(.missing, "no such rows") }
    let handle = try open(number)
    let shape = box.map(\.count)
    let bytes = try NDArray.count(of: shape) * type.type.size
    let region = try ByteRegion.filled(bytes, for: "reading rows") { memory throws(FormatError) in
      try read(box, of: dataset, handle, into: memory)
      return bytes
    }
    return try NDArray(
      type: type.type, shape: shape, packedIn: ByteSlice(region), swapped: type.swapped)
  }

  private func read(
    _ box: [Range<Int>], of dataset: HDF5Listing.Dataset, _ handle: HDF5Handle,
    into memory: UnsafeMutableRawBufferPointer
  ) throws(FormatError) {
    let space = HDF5Handle(H5Dget_space(handle.id))
    let fileType = HDF5Handle(H5Dget_type(handle.id))
    let start = box.map { hsize_t($0.lowerBound) }
    let count = box.map { hsize_t($0.count) }
    let target = HDF5Handle(H5Screate_simple(Int32(box.count), count, nil))
    // The shape is asked for again: the file may have been written anew since it was listed.
    guard space.isValid, fileType.isValid, target.isValid,
      HDF5Listing.shape(of: space) == dataset.shape, HDF5Type(fileType.id) == dataset.type,
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil) >= 0,
      H5Dread(
        handle.id, fileType.id, target.id, space.id, cka_h5_default(), memory.baseAddress) >= 0
    else {
      throw FormatError(
        .damaged, "its values cannot be read", remedy: "copy the file again; it may be damaged")
    }
  }

  /// All of the dataset `number`, which is text.
  func texts(of number: Int) throws(FormatError) -> Value {
    let handle = try open(number)
    do throws(HDF5Values.Unread) {
      var room = HDF5Room(most: Limits.hdf5Bytes, fileSize: fileSize)
      return try HDF5Values(dataset: handle.id).value(&room)
    } catch {
      switch error {
      case .leftOut(let kind, let problem), .failed(let kind, let problem):
        throw FormatError(kind, problem)
      case .tooLarge(let error): throw error
      }
    }
  }

  private func dataset(_ number: Int) throws(FormatError) -> HDF5Listing.Dataset {
    guard listing.datasets.indices.contains(number) else {
      throw FormatError(.missing, "no such dataset")
    }
    return listing.datasets[number]
  }

  private func open(_ number: Int) throws(FormatError) -> HDF5Handle {
    _ = try dataset(number)
    let handle = HDF5Handle(H5Dopen2(file.id, listing.entries[number].name, cka_h5_default()))
    guard handle.isValid else { throw FormatError(.missing, "the dataset is gone") }
    return handle
  }
}

// MARK: The process that reads for another one

extension HDF5Service {
  /// Sends the listing of the file in `region` over `socket`, then what is asked for, until nobody
  /// asks.
  static func answer(_ region: ByteRegion, socket: Int32) {
    _ = try? HDF5Reader.locked { () throws(FormatError) in
      alarm(secondsForRequest)
      let file: HDF5Datasets
      do throws(FormatError) {
        file = try HDF5Datasets(region)
      } catch {
        _ = send(HDF5Wire.encode(error), isError: true, to: socket)
        return
      }
      let listing = ReadValue(
        value: file.listing.value, format: .hdf5,
        warnings: file.listing.warnings.map(ResultNote.told))
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
      guard let box = request.box else {
        let texts = ReadValue(value: try file.texts(of: request.dataset), format: .hdf5)
        return send(HDF5Wire.encode(texts), isError: false, to: socket)
      }
      let array = try file.part(box, of: request.dataset)
      var message = HDF5Message()
      message.append(array.region)
      return send(message, isError: false, to: socket)
    } catch {
      return send(HDF5Wire.encode(error), isError: true, to: socket)
    }
  }

  static func send(_ message: HDF5Message, isError: Bool, to socket: Int32) -> Bool {
    var isSent = [isError ? 1 : 0, message.count].withUnsafeBytes {
      HDF5Request.drain($0, to: socket)
    }
    message.forEachPart { part in isSent = isSent && HDF5Request.drain(part, to: socket) }
    return isSent
  }
}
