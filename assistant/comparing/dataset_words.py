"""What data sets are called."""

from ingest.names import key_of

KNOWN_SETS = frozenset(
    key_of(name)
    for name in """ImageNet ImageNet-1K Tiny-ImageNet miniImageNet tieredImageNet ILSVRC CIFAR CIFAR-10 CIFAR-100 MNIST
    Fashion-MNIST FashionMNIST SVHN STL-10 STL10 COCO MSCOCO MS-COCO COCO2017 LVIS VOC PASCAL PASCAL-VOC VOC2007
    VOC2012 Cityscapes CamVid ADE20K KITTI nuScenes Waymo Argoverse BDD100K Mapillary SYNTHIA GTA5 GTAV ScanNet
    S3DIS SemanticKITTI ModelNet40 ModelNet10 ModelNet ShapeNet ShapeNetPart Matterport3D NYUv2 NYU-v2 NYU SUN-RGBD
    Middlebury ETH3D SceneFlow Sintel FlyingChairs Kinetics Kinetics-400 UCF101 UCF-101 HMDB51 HMDB-51 AVA
    ActivityNet Charades EPIC-Kitchens Something-Something THUMOS14 THUMOS DAVIS YouTube-VOS MOT16 MOT17 MOT20
    OTB2015 OTB100 LaSOT TrackingNet GOT-10k VOT2018 VOT2019 VOT2020 Market-1501 Market1501 DukeMTMC DukeMTMC-reID
    MSMT17 CUHK03 VeRi-776 VehicleID LFW CFP-FP AgeDB-30 IJB-A IJB-B IJB-C MegaFace VGGFace VGGFace2 CASIA
    CASIA-WebFace MS-Celeb-1M CelebA CelebA-HQ CelebAMask-HQ FFHQ LSUN WIDERFACE AFLW 300W 300-W FER2013 AffectNet
    FaceForensics FaceForensics++ DFDC Celeb-DF Human3.6M 3DPW MPII MPI-INF-3DHP FreiHAND STB DIV2K Set5 Set14
    BSD100 BSD68 BSDS500 Urban100 Manga109 Vid4 Vimeo-90K Vimeo90K REDS GoPro RESIDE SIDD DND Rain100L Rain100H
    BraTS BraTS2018 BraTS2019 BraTS2020 LiTS ISIC ISIC2018 ISIC2017 DRIVE STARE CHASE_DB1 ChestX-ray14 CheXpert
    MIMIC-CXR LIDC LIDC-IDRI LUNA16 ACDC OASIS ADNI CAMELYON16 CAMELYON17 PatchCamelyon Kvasir CVC-ClinicDB TCGA
    TCIA ICDAR ICDAR2013 ICDAR2015 IIIT5K SVT SVTP CUTE80 SynthText TextVQA VQA VQAv2 GQA CLEVR Flickr30K Flickr8k
    CUB CUB-200 CUB-200-2011 Omniglot Office-31 Office-Home VisDA DomainNet PACS VLCS Places Places2 Places365
    SUN397 Caltech101 Caltech-256 iNaturalist OpenImages WebVision Oxford5k Paris6k ROxford Food-101 EuroSAT DOTA
    UCMerced AID NWPU-RESISC45 xView SpaceNet LEVIR-CD AudioSet VoxCeleb LibriSpeech GRID LRW LRS2 LRS3 DSEC
    N-Caltech101 MVTec ShanghaiTech UCF-QNRF NWPU-Crowd SBU ISTD CHUK COD10K CAMO DUTS ECSSD HKU-IS PASCAL-S Replica
    TUM EuRoC ETH UCY Stanford-Drone NTU NTU-60 NTU-120 PKU-MMD SHREC Visual-Genome WIDER Penn-Fudan Caltech
    CrowdHuman CityPersons Objects365 SQuAD WMT PTB CoNLL""".split()  # noqa: SIM905
)
"""Data sets that much of computer vision is measured on, however they are written."""

_ALSO = {
    "mscoco": "coco",
    "coco2017": "coco",
    "mscoco2017": "coco",
    "microsoftcoco": "coco",
    "pascalvoc": "voc",
    "pascal": "voc",
    "imagenet1k": "imagenet",
    "ilsvrc": "imagenet",
}


def set_key(name: str) -> str:
    """A data set however it is written: "MS COCO" and "MS-COCO" are "coco"."""
    key = key_of(name)
    return _ALSO.get(key, key)


NO_SETS = frozenset(
    """cnn cnns dnn dnns gan gans rgb lidar mri ct svm lstm rnn ai 3d 2d sota nlp ml dl gpu fps sr hr lr""".split()  # noqa: SIM905
)
"""Acronyms that are no data set's."""
