"""The wire format of protobuf, and the block format of snappy."""

import collections
import struct


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """Yields (number, value): an int of a varint or fixed field, bytes of the others."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, at = int.from_bytes(data[at : at + size], "little"), at + size
        elif kind == 2:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
            if len(value) != size:
                raise ValueError("a field ends behind its message")
        else:
            raise ValueError(f"wire type {kind}")
        yield key >> 3, value


class Message:
    """The fields of a message, by number."""

    def __init__(self, data):
        self._values = collections.defaultdict(list)
        for number, value in fields(data):
            self._values[number].append(value)

    def __contains__(self, number):
        return number in self._values

    def integer(self, number):
        values = self._values.get(number)
        return values[-1] if values else 0

    def signed(self, number):
        return to_signed(self.integer(number))

    def zigzag(self, number):
        return from_zigzag(self.integer(number))

    def double(self, number):
        return to_double(self.integer(number))

    def text(self, number):
        values = self._values.get(number)
        return values[-1].decode() if values else ""

    def data(self, number):
        values = self._values.get(number)
        return values[-1] if values else b""

    def message(self, number):
        return Message(self.data(number))

    def messages(self, number):
        return [Message(value) for value in self._values.get(number, ())]

    def texts(self, number):
        return [value.decode() for value in self._values.get(number, ())]

    def packed(self, number):
        """Varints, packed or one by one."""
        found = []
        for value in self._values.get(number, ()):
            if isinstance(value, int):
                found.append(value)
                continue
            at = 0
            while at < len(value):
                one, at = _varint(value, at)
                found.append(one)
        return found

    def packed_fixed64(self, number):
        found = []
        for value in self._values.get(number, ()):
            found += [value] if isinstance(value, int) else struct.unpack(f"<{len(value) // 8}Q", value)
        return found


def to_signed(value):
    return value - (1 << 64) if value >= 1 << 63 else value


def from_zigzag(value):
    return (value >> 1) ^ -(value & 1)


def to_double(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def delimited(data):
    """The messages of a stream in which each stands behind its length."""
    at = 0
    while at < len(data):
        size, at = _varint(data, at)
        yield Message(data[at : at + size])
        at += size


def _snappy_literal(data, at):
    size = (data[at] >> 2) + 1
    at += 1
    if size > 60:
        extra = size - 60
        size = int.from_bytes(data[at : at + extra], "little") + 1
        at += extra
    return data[at : at + size], at + size


def _snappy_copy(data, at):
    """(offset, length, where the next element is)."""
    tag = data[at]
    if tag & 3 == 1:
        return (tag >> 5) << 8 | data[at + 1], ((tag >> 2) & 7) + 4, at + 2
    size = 2 if tag & 3 == 2 else 4
    return int.from_bytes(data[at + 1 : at + 1 + size], "little"), (tag >> 2) + 1, at + 1 + size


def unsnappy(data):
    """A block of snappy, decompressed."""
    size, at = _varint(data, 0)
    out = bytearray()
    while at < len(data):
        if data[at] & 3 == 0:
            literal, at = _snappy_literal(data, at)
            out += literal
            continue
        offset, length, at = _snappy_copy(data, at)
        start = len(out) - offset
        if offset == 0 or start < 0:
            raise ValueError("a copy from before the block")
        while length > 0:
            piece = out[start : start + length]
            out += piece
            start, length = start + len(piece), length - len(piece)
    if len(out) != size:
        raise ValueError(f"{len(out)} bytes, not {size}")
    return bytes(out)
