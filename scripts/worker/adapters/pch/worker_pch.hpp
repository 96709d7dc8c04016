#ifndef AMBIENT_WORKER_PCH_HPP
#define AMBIENT_WORKER_PCH_HPP

// Parsed once instead of once for each of the worker's source files: halves the compile.

#include "common.hpp"
#include "FBS/activeSpeakerObserver.h"
#include "FBS/audioLevelObserver.h"
#include "FBS/common.h"
#include "FBS/consumer.h"
#include "FBS/dataConsumer.h"
#include "FBS/dataProducer.h"
#include "FBS/directTransport.h"
#include "FBS/log.h"
#include "FBS/message.h"
#include "FBS/notification.h"
#include "FBS/pipeTransport.h"
#include "FBS/plainTransport.h"
#include "FBS/producer.h"
#include "FBS/request.h"
#include "FBS/response.h"
#include "FBS/router.h"
#include "FBS/rtpObserver.h"
#include "FBS/rtpPacket.h"
#include "FBS/rtpParameters.h"
#include "FBS/rtpStream.h"
#include "FBS/rtxStream.h"
#include "FBS/sctpAssociation.h"
#include "FBS/sctpParameters.h"
#include "FBS/srtpParameters.h"
#include "FBS/transport.h"
#include "FBS/webRtcServer.h"
#include "FBS/webRtcTransport.h"
#include "FBS/worker.h"
#include <ankerl/unordered_dense.h>
#include <flatbuffers/flatbuffers.h>
#include <uv.h>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#endif
